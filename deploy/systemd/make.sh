#!/usr/bin/env bash
# make.sh: writes the template units of the services; they differ in name, description and what they are ordered behind. A check
# compares what lies here with what it would write.
set -euo pipefail
cd "$(dirname "$0")"
out=${1:-.}

unit() {        # unit PROGRAM WHAT
    cat > "$out/$1@.service" <<UNIT
# Claimstream: $1, one process an instance:  systemctl enable --now $1@0
# Written by deploy/systemd/make.sh. Change it with a drop-in (systemctl edit $1@), such as the networks of your brokers.
[Unit]
Description=Claimstream $1 %i: $2
After=network-online.target
Wants=network-online.target
PartOf=claimstream.target
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart=/usr/bin/$1 --config /etc/claimstream/$1.yaml --instance %i --log journal
ExecReload=/bin/kill -HUP \$MAINPID
# 0 drained, 75 restart me, 78 a setting is wrong: a restart would not help.
Restart=always
RestartSec=200ms
RestartPreventExitStatus=78
TimeoutStartSec=60
TimeoutStopSec=45
WatchdogSec=30
# A child that reads a doubted partition may be ended for want of memory: the service says so and goes on.
OOMPolicy=continue

# State is a copy of what Kafka has: losing it costs time, no claim.
StateDirectory=$1-%i
StateDirectoryMode=0700
Environment=CLAIMSTREAM_STATE_DIR=%S/$1-%i
# One secret for the whole installation: 16 hex digits. A password of Redis goes the same way:
#   LoadCredential=redis-password:/etc/claimstream/redis-password
#   Environment=CLAIMSTREAM_REDIS_PASSWORD_FILE=%d/redis-password
LoadCredential=state-seed:/etc/claimstream/state-seed
Environment=CLAIMSTREAM_STATE_SEED_FILE=%d/state-seed

DynamicUser=yes
UMask=0077
LimitNOFILE=65536
CapabilityBoundingSet=
AmbientCapabilities=
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
PrivateDevices=yes
PrivateTmp=yes
PrivateUsers=yes
RemoveIPC=yes
KeyringMode=private
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
# Kafka and Redis on this host or in private networks; name yours in a drop-in.
IPAddressDeny=any
IPAddressAllow=localhost
IPAddressAllow=10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7

[Install]
WantedBy=claimstream.target
UNIT
}

unit claim-intake "takes documents and answers their submitters"
unit partner-classifier "says who claims, in which role"
unit claim-screener "says whether a claim is honest and may be paid"
unit payout-calculator "says what a claim is worth, and pays it once"
