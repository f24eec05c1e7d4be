# Claimstream: every word a developer or user needs. `make help` lists them. What is on disk decides what is built.
VARIANT ?= release
B       := build/$(VARIANT)
G       := build/gen
CC      ?= gcc
# Some tests do nothing but wait: two more than there are cores.
JOBS    ?= $(shell echo $$(($$(nproc) + 2)))
ifeq ($(origin CC),default)
CC      := gcc
endif

# Reports and profiles name functions and lines; variables too with DEBUG=-g, which takes a seventh more time.
CFLAGS.release := -O2 $(or $(DEBUG),-g1)
# Under a sanitizer most of the time is compiling: its reports name functions, and lines with DEBUG=-g1.
CFLAGS.asan    := -O1 $(DEBUG) -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS.tsan    := -O0 $(DEBUG) -fsanitize=thread -fno-omit-frame-pointer
CFLAGS.cover   := -O0 -g --coverage
CFLAGS.fuzz    := -O1 -g -D__SANITIZE_ADDRESS__=1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith
CFLAGS   := -std=gnu17 -D_GNU_SOURCE -pthread $(WARNINGS) -Icommon -Iservices -Itests -I$G $(CFLAGS.$(VARIANT))
# Some five hundred programs are linked by `make test`: lld, where it is there, needs a third of the time.
LINKER   := $(if $(shell command -v ld.lld),-fuse-ld=lld)
LDLIBS    = $(LINKER) -Wl,--as-needed -lprotobuf-c -lcrypto -lyaml -ljansson -lcsv -lutf8proc -lzip -lexpat -llmdb -lz $(RDKAFKA_LIB) -lhiredis -luv -lmicrohttpd -lgnutls -lcurl

# RDKAFKA=build/deps/librdkafka links the newer librdkafka of `make librdkafka` instead of the system's, into a build of its own.
RDKAFKA ?=
RDKAFKA_LIB := -lrdkafka
ifneq ($(RDKAFKA),)
B           := build/$(VARIANT)-rdkafka
CFLAGS      += -isystem $(RDKAFKA)/include
RDKAFKA_LIB := $(RDKAFKA)/lib/librdkafka.a -lssl -lcrypto -lz -lzstd -lm -ldl
endif

PROTO  := $(wildcard proto/claimstream/v1/*.proto)
GEN_C  := $(PROTO:proto/%.proto=$G/%.pb-c.c)
GEN_O  := $(GEN_C:$G/%.c=$B/gen/%.o)
FOLD_H := $G/domain/name/fold_table.h $G/domain/name/nfkc_table.h
WORD_H := $G/domain/name/word_table.h
CASE_H := $G/domain/case_table.h
SET_H  := $G/claimctl/descriptor_set.h
GEN_H  := $(FOLD_H) $(WORD_H) $(CASE_H) $(SET_H)
MAINS  := $(wildcard services/*/main.c)
# What the services need and claimctl does not: `make demo` does without, and tests/lint/check_demo.sh looks that it may.
ALONE  := $(addprefix common/runtime/,admin_http http_loop http_tls kafka_sink kafka_source life lmdb_save lmdb_store metrics notify page_trim restore state_writer) \
          $(addprefix common/stage/,certificate_gauge kafka_reference kafka_transport list_watch partition_view process process_options process_reference \
              reference_feed seed stage_main worker worker_meter worker_stock) \
          $(addprefix services/intake/,directory folder_door follower http_call http_door http_plan http_request meter post post_apply \
              post_unit raw_store reply service% sink_watch spool_dir spool_journal standing)
# Who starts threads: that alone is built for the thread sanitizer.
THREADS := common services/intake
LIB_C  := $(filter-out $(MAINS) $(if $(DEMO),$(ALONE:%=%.c)),$(shell find $(if $(filter tsan,$(VARIANT)),$(THREADS),common services) -name '*.c' | sort))
LIB_O  := $(LIB_C:%.c=$B/%.o) $(GEN_O)
LIB    := $B/libclaimstream.a
TEST_LIB := $B/libclaimstream.so
SUPPORT_O := $(patsubst %.c,$B/%.o,$(shell find tests/support -name '*.c' | sort))
SUPPORT := $B/tests/libsupport.a
TESTS  := $(patsubst tests/%.c,%,$(shell find tests/unit tests/golden tests/sim -name 'test_*.c' | sort))
CHECKS := $(filter-out $(LEFT_OUT:%=e2e/check_%),\
              $(patsubst tests/%.sh,%,$(shell find $(if $(filter release,$(VARIANT)),tests/lint) tests/e2e -name 'check_*.sh' | sort)))
FUZZ   := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.PHONY: kept chaos bench-door bench-pipeline bench-restart scenarios-kafka all packages unit test races integration demo man sim fuzz bench lint lint-deploy tidy format install clean help counts kafka kafka-stop up-local down-local librdkafka

# What only patterns name is a step in between to make, which deletes it; a file named here is kept, and is built whenever it is
# missing. (.SECONDARY keeps it too, but does not build what is missing beneath an older archive: that of `make demo`.)
kept: $(patsubst %.c,$B/%.o,$(shell find tests -name '*.c')) $(TESTS:%=$B/tests/bin/%) $(FUZZ:%=$B/tests/replay/%) $(FUZZ:%=$B/tests/fuzzer/%)

BINARIES := $(patsubst %,$B/%,claimctl claim-intake partner-classifier claim-screener payout-calculator)

all: $(BINARIES)                                  ## binaries

$(GEN_C) &: $(PROTO)
	@mkdir -p $G
	@protoc-c -I proto --c_out=$G $(PROTO)

# The descriptor set of every message as the bytes of an array: claimctl carries it.
$(SET_H): $(PROTO)
	@mkdir -p $(@D)
	@protoc -I proto --include_imports -o $(@D)/claimstream.binpb $(PROTO)
	@od -An -v -tu1 $(@D)/claimstream.binpb | sed 's/\([0-9]\) /\1,/g; s/$$/,/' > $@

$B/gen/%.o: $G/%.c $B/flags
	@mkdir -p $(@D)
	@$(CC) $(filter-out $(WARNINGS),$(CFLAGS)) -w -MMD -MP -c $< -o $@

# Folding tables from ICU's transliteration rules and the Unicode data of python3: once, never in the tree.
$(FOLD_H) &: common/domain/name/generate_fold.py
	@mkdir -p $(@D)
	@python3 $< $(FOLD_H)

# Case folding of ids from the Unicode data of python3.
$(CASE_H): common/domain/generate_case.py
	@mkdir -p $(@D)
	@python3 $< $@

# The word lists of names as one hash table.
$(WORD_H): common/domain/name/generate_words.py $(wildcard common/domain/name/*.def)
	@mkdir -p $(@D)
	@python3 $< $@

# Now and then a line for who waits.
STEPS := $(if $(TELLS),$(shell seq 40 40 $(words $(LIB_O))))
TELL   = $(foreach n,$(STEPS),$(if $(filter $@,$(word $n,$(LIB_O))),@echo "building: $n of $(words $(LIB_O)) files"))

# Everything is compiled anew when what it is compiled with has changed.
LIB_FLAGS := -fPIC
COMPILED_WITH := $(CC) $(CFLAGS) $(LIB_FLAGS)
$B/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(COMPILED_WITH)' | cmp -s - $@ || echo '$(COMPILED_WITH)' > $@

# Test programs are compiled more often than they are run: what they test is optimized, they are not.
$B/tests/unit/%.o $B/tests/golden/%.o $B/tests/sim/%.o: CFLAGS += -O0 $(or $(DEBUG),-g0)
$(LIB_O): CFLAGS += $(LIB_FLAGS)
# Of a run 1.5 % is claimctl's own code, of the time of the first build a quarter.
build/release/services/claimctl/%.o: CFLAGS += -O1
$B/%.o: %.c $B/flags | $(GEN_C) $(GEN_H)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -MMD -MP -c $< -o $@
	$(TELL)

$(LIB): $(LIB_O)
$(SUPPORT): $(SUPPORT_O)
$(LIB) $(SUPPORT):
	@rm -f $@
	@ar rcs $@ $^

# Hundreds of test programs need the whole library: as a shared one it is linked once, not into each.
$(TEST_LIB): $(LIB_O)
	@$(CC) $(CFLAGS) $(LINKER) -shared $^ -o $@ $(LDLIBS)

# The program of a folder of services; below tests/clock the same with a clock that a test sets.
CLOCKED := $(BINARIES:$B/%=$B/tests/clock/%)
$(addsuffix /claimctl,           $B $B/tests/clock): $B/services/claimctl/main.o
$(addsuffix /claim-intake,       $B $B/tests/clock): $B/services/intake/main.o
$(addsuffix /partner-classifier, $B $B/tests/clock): $B/services/classification/main.o
$(addsuffix /claim-screener,     $B $B/tests/clock): $B/services/compliance/main.o
$(addsuffix /payout-calculator,  $B $B/tests/clock): $B/services/payout/main.o
$(CLOCKED): $B/tests/support/clock_of_file.o
$(CLOCKED): LINKER += -Wl,--wrap=clock_now_unix_ms
# Checks start a program hundreds of times: under the address sanitizer half of a start was moving addresses and looking for leaks.
FIXED := $(if $(filter asan,$(VARIANT)),-no-pie)
$B/tests/run/e2e/%: export ASAN_OPTIONS := detect_leaks=0
# By a new name first: a test that runs while somebody commits finds the one or the other.
$(BINARIES) $(CLOCKED): $(LIB) $B/commit.o
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(FIXED) $(filter %.o,$^) $(LIB) -o $@.new $(LDLIBS) && mv $@.new $@

# What the programs were built from: COMMIT, else what the repository says. Tests do without, or each commit linked them again.
COMMIT ?= $(shell git describe --always --dirty=+ --abbrev=12 --exclude '*' 2> /dev/null || echo unknown)
build/gen/commit.c: FORCE
	@mkdir -p $(@D)
	@echo 'const char *build_commit(void); const char *build_commit(void) { return "$(COMMIT)"; }' > $@.$$$$ && \
	if cmp -s $@.$$$$ $@; then rm $@.$$$$; else mv $@.$$$$ $@; fi
$B/commit.o: build/gen/commit.c
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -c $< -o $@

comma := ,
FAST_LINKER := $(if $(shell command -v ld.gold),-fuse-ld=gold) $(if $(filter release,$(VARIANT)),-Wl$(comma)--strip-debug)
# Where a test program finds the library: beside itself, so that a copied build runs what it was built with.
WITH_TEST_LIB = $(TEST_LIB) -Wl,-rpath,'$$ORIGIN/$(shell realpath -m --relative-to=$(@D) $B)'

# One binary a test file: tests/unit/domain/test_money.c mirrors common/domain/money.c.
$B/tests/bin/%: $B/tests/%.o $(SUPPORT) $(TEST_LIB)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(FAST_LINKER) $< $(SUPPORT) -o $@ $(WITH_TEST_LIB) -lcunit $(LDLIBS)

$B/tests/run/%.count: $B/tests/bin/%
	@mkdir -p $(@D)
	@bash tests/support/record.sh $@ $< --count $@

# A check is a script that prints what is wrong and exits 1; it counts as one test.
$B/tests/run/%.check: tests/%.sh $(BINARIES) FORCE
	@mkdir -p $(@D)
	@BUILD=$B bash tests/support/record.sh $@ bash $< && echo "1 0" > $@ || { echo "0 1" > $@; echo "$<: failed"; exit 1; }
.PHONY: FORCE
FORCE:
$B/tests/run/e2e/check_crashes.check: $B/tests/bin/sim/crash_worlds

# A program that an integration check drives.
$B/tests/tool/%: $B/tests/integration/%.o $B/tests/support/toy.o $(LIB)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(FAST_LINKER) $(TOOL_FLAGS) $^ -o $@ $(LDLIBS)
$B/tests/tool/kafka_toy: TOOL_FLAGS := -Wl,--wrap=rd_kafka_commit_transaction

# A fuzz target: every build runs its corpus; `make fuzz` links it with libFuzzer and looks for more.
$B/tests/replay/%: $B/tests/fuzz/fuzz_%.o $B/tests/fuzz/replay.o $(TEST_LIB)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(FAST_LINKER) $(filter %.o,$^) -o $@ $(WITH_TEST_LIB) $(LDLIBS)

$B/tests/run/fuzz/%.count: $B/tests/replay/% $(wildcard tests/fuzz/corpus/*/*)
	@mkdir -p $(@D)
	@bash tests/support/record.sh $@ $< tests/fuzz/corpus/$* $@

$B/tests/fuzzer/%: $B/tests/fuzz/fuzz_%.o $(LIB)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -fsanitize=fuzzer $^ -o $@ $(LDLIBS)

fuzz-%: $B/tests/fuzzer/%
	@mkdir -p $B/corpus/$*
	$< -max_len=65536 $(if $(TARGET),,-max_total_time=60) $B/corpus/$* tests/fuzz/corpus/$*

fuzz:                                             ## libFuzzer on TARGET until stopped; without TARGET a minute on each
	@bash deploy/packages.sh libclang-rt-dev
	@$(MAKE) --no-print-directory CC=clang VARIANT=fuzz $(addprefix fuzz-,$(or $(TARGET),$(FUZZ)))

UNIT_RUNS  := $(TESTS:%=$B/tests/run/%.count) $(FUZZ:%=$B/tests/run/fuzz/%.count)
CHECK_RUNS := $(CHECKS:%=$B/tests/run/%.check)

# House rules first: they fail in seconds.
unit: all $(filter $B/tests/run/lint/%,$(CHECK_RUNS)) $(UNIT_RUNS) $(filter-out $B/tests/run/lint/%,$(CHECK_RUNS))     ## unit, golden, simulator smoke, lint: a minute, no network
	@bash tests/support/counts.sh $B "make unit"

test: packages                                    ## installs what is missing, then every test; ends with counts, or with what failed
	@bash tests/support/everything.sh "$(MAKE)" $(JOBS)

# Tests that start threads say so by what they call or by whose desk they sit at.
THREADED := $(shell grep -rlE 'pthread_create|state_writer_open|worker_start|"(service|lmdb)_rig\.h"' $(THREADS:%=tests/unit/%) --include='test_*.c')
races: $(THREADED:tests/%.c=$B/tests/run/%.count)     ## with VARIANT=tsan: the tests that start threads under the thread sanitizer

# One pool of jobs for all three builds, for what looks at deploy/ and for the checks on Kafka, which wait most of their time: none
# waits for the slowest of another, and what only compiles gives way to what keeps to a clock. Checks that start a program
# hundreds of times for its words and exit codes run once: under the address sanitizer a start takes five times as long. `make VARIANT=asan unit` has all.
PRINTED := cli command_line duplicates file_codes issue_codes shadow
.PHONY: units unit-asan races-tsan everything
unit-asan:
	@nice -n 5 $(MAKE) --no-print-directory VARIANT=asan LEFT_OUT="$(PRINTED)" unit
races-tsan:
	@nice -n 5 $(MAKE) --no-print-directory VARIANT=tsan races
units: unit unit-asan races-tsan lint-deploy        ## unit tests, the same under the address sanitizer, threads under the thread sanitizer, deploy/
everything: integration units                       # after `tools`, so that integration begins at once

TOOLS := $(patsubst tests/integration/%.c,$B/tests/tool/%,$(filter-out tests/integration/test_%,$(wildcard tests/integration/*.c)))
TOOLS += $(patsubst tests/%.c,$B/tests/bin/%,$(wildcard tests/integration/test_*.c))
TOOLS += $(CLOCKED)
CHAOS := $B/chaos/kafka_proxy $B/chaos/topic_count $B/bench/lines $B/bench/door
.PHONY: tools
tools: all $(TOOLS) $(CHAOS)
integration: tools                                         ## checks on Apache Kafka and Redis, which it starts itself; SKIP=integration leaves them out
	@bash tests/integration/run.sh $B $(sort $(wildcard tests/integration/check_*.sh))

scenarios-kafka: tools                             ## every scenario of tests/e2e through the services on Kafka, against the embedded engine
	@BUILD=$B SCENARIOS=all bash tests/integration/check_scenarios_on_kafka.sh

kafka:                                            ## Apache Kafka on 127.0.0.1:9092, data in build/kafka; JDK and jars come when missing
	@bash deploy/kafka/start.sh --port $(or $(PORT),9092) --dir build/kafka

kafka-stop:                                       ## ends it; REMOVE=1 deletes its data
	@bash deploy/kafka/stop.sh --dir build/kafka $(if $(REMOVE),--remove)

librdkafka:                                       ## builds the newest librdkafka that npm carries; then make RDKAFKA=build/deps/librdkafka all
	@bash deploy/librdkafka.sh build/deps/librdkafka

# Named together, with -j too: Kafka begins before the services and ends behind them.
up-local: | $(filter kafka,$(MAKECMDGOALS))
kafka-stop: | $(filter down-local,$(MAKECMDGOALS))

up-local: all                                     ## Redis, topics, the sample's reference data and the services as processes, on a Kafka that runs; PORT REDIS_PORT HTTP_PORT
	@bash deploy/local/up.sh --build $B $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(PORT),--brokers 127.0.0.1:$(PORT)) \
	    $(if $(REDIS_PORT),--redis-port $(REDIS_PORT)) $(if $(HTTP_PORT),--set http.listen=127.0.0.1:$(HTTP_PORT)) $(if $(INSTANCE),--set instance=$(INSTANCE))

down-local:                                       ## drains and ends them; REMOVE=1 deletes their data
	@bash deploy/local/down.sh $(if $(REMOVE),--remove)

# claimctl alone, and of the library what it needs, as long as nothing else was built.
demo:                                             ## the sample world through all four stages, ends with one explained payout
	@bash deploy/packages.sh --build
	@echo "building: claimctl, what of its files is not there yet"
	@$(MAKE) --no-print-directory $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(JOBS)) $(if $(wildcard $(LIB)),,DEMO=1) TELLS=1 $B/claimctl
	@echo "running:  the sample world first-hour through all four stages"
	@build/release/claimctl run --sample first-hour --state build/demo || [ $$? -eq 3 ]

packages:                                         ## installs the Debian packages that are missing
	@bash deploy/packages.sh

# Each measurement appends its figures, one object a line, and prints them as a table.
BENCHES := $(patsubst tests/bench/bench_%.c,%,$(wildcard tests/bench/bench_*.c))
$B/bench/door: $B/tests/bench/door/load.o
$B/bench/%: $B/tests/bench/bench_%.o $B/tests/support/scratch.o $B/tests/support/redis_server.o $(LIB)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $^ -o $@ $(LDLIBS)

# The yardstick of the pipeline, and a network that misbehaves: programs of their own, not of the library.
$B/bench/bare: tests/bench/pipeline/bare.c
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $< -o $@ $(RDKAFKA_LIB)

$B/bench/lines: $B/tests/bench/pipeline/lines.o $(LIB)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $^ -o $@ $(LDLIBS)

$B/chaos/topic_count: tests/chaos/topic_count.c
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $< -o $@ $(RDKAFKA_LIB)

$B/chaos/kafka_proxy: tests/chaos/kafka_proxy.c
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $< -o $@ -luv

bench: all $(BENCHES:%=$B/bench/%)                    ## figures against their targets; also in build/bench/results.ndjson
	@command -v perf > /dev/null || bash deploy/packages.sh linux-perf
	@mkdir -p build/bench && rm -f build/bench/results.ndjson
	@export VERSIONS="$$(CC='$(CC)' python3 tests/bench/figure.py)"; \
	for bench in $(BENCHES); do $B/bench/$$bench build/bench/results.ndjson || exit 1; done
	@python3 tests/bench/engine.py $B/claimctl build/bench/results.ndjson
	@python3 tests/bench/quality.py $B/claimctl build/bench/results.ndjson

bench-door: all $B/bench/door                       ## what the HTTP door takes to its 202 on Apache Kafka, beside its load generator
	@bash tests/bench/door/kafka.sh $(DOCUMENTS)

bench-pipeline: all $B/bench/bare $B/bench/lines    ## the services on Kafka beside four bare hops and the same shape in Kafka Streams
	@mkdir -p build/bench
	@python3 tests/bench/pipeline/pipeline.py --build $B --results build/bench/results.ndjson $(if $(LINES),--lines $(LINES))

bench-restart: all $B/bench/lines                   ## kill -9 of payout with KEYS=1000000 keys of state: how long nothing comes out
	@mkdir -p build/bench
	@python3 tests/bench/pipeline/restart.py --build $B --results build/bench/results.ndjson $(if $(KEYS),--keys $(KEYS))

SIMS := $(patsubst tests/%.c,$B/tests/bin/%,$(wildcard tests/sim/test_*.c))
sim: $(SIMS) $B/tests/bin/sim/crash_worlds $B/claimctl    ## simulator: make sim SEED=42 RUNS=1000
	@for test in $(SIMS); do SEED=$(SEED) RUNS=$(RUNS) $$test || exit 1; done
	@BUILD=$B SEED=$(SEED) RUNS=$(RUNS) bash tests/e2e/check_crashes.sh

chaos: all $(CHAOS)    ## faults on Kafka and Redis of its own: make chaos SEED=4 FAULTS=14
	@python3 tests/chaos/chaos.py --build $B $(if $(SEED),--seed $(SEED)) $(if $(FAULTS),--faults $(FAULTS)) $(if $(LINES),--lines $(LINES)) \
	    $(if $(RATE),--rate $(RATE)) $(if $(ONLY),--only $(ONLY)) $(if $(FEED),--feed $(FEED))

lint: all                                         ## house rules alone: layers, purity, names, words, lists
	@for check in tests/lint/check_*.sh; do BUILD=$B bash $$check || exit 1; done

tidy: $(GEN_C)                                    ## clang-tidy over our own sources (needs clang-tidy)
	@clang-tidy --quiet $(filter-out $(GEN_C),$(LIB_C)) -- $(CFLAGS) 2>/dev/null

format:                                           ## clang-format on what changed against HEAD (needs clang-format)
	@git diff --name-only --diff-filter=d HEAD -- '*.c' '*.h' | xargs -r clang-format -i

man: all                                          ## manual pages in build/man, from the lists of the programs (needs scdoc)
	@command -v scdoc > /dev/null || bash deploy/packages.sh scdoc
	@rm -rf build/man && python3 deploy/manual/pages.py $B build/man
	@for page in build/man/*.scd; do SOURCE_DATE_EPOCH=0 scdoc < $$page > $${page%.scd} && rm $$page || exit 1; done

PREFIX  ?= /usr/local
install: all                                      ## programs, samples, configuration, units and what `make man` made below PREFIX, under DESTDIR
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/claimstream $(DESTDIR)$(PREFIX)/lib/systemd/system
	install -m 755 $(BINARIES) $(DESTDIR)$(PREFIX)/bin/
	install -m 644 deploy/systemd/*.service deploy/systemd/*.target $(DESTDIR)$(PREFIX)/lib/systemd/system/
	cp -r deploy/ruleset.yaml deploy/sample deploy/config deploy/manual deploy/monitoring $(DESTDIR)$(PREFIX)/share/claimstream/
	for page in $(wildcard build/man/*.[1578]); do \
	    install -D -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/} || exit 1; done

# A missing tool fails and names its package.
lint-deploy: all $(patsubst tests/%.sh,$B/tests/run/%.check,$(wildcard tests/deploy/check_*.sh))    ## units, compose file and image: systemd-analyze, dclint, rules of ours

help:                                             ## this list
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*##/\t/' | expand -t 16

clean:                                            ## removes build/
	rm -rf build

-include $(shell find build -name '*.d' 2>/dev/null)
