/* services/claimctl/main.c: the operator's and developer's tool. */
int main(void)
{
    return 2;
}
