/* base/assert.h: broken promises. An assertion is never compiled out: it prints where and exits 70, and the supervisor
 * starts the process again from committed state. */
#ifndef BASE_ASSERT_H
#define BASE_ASSERT_H

/* Prints file, line and condition to stderr and ends the process with exit code 70. */
__attribute__((cold)) _Noreturn void assert_failed(const char *file, int line, const char *condition);

#define ASSERT(condition) ((condition) ? (void)0 : assert_failed(__FILE__, __LINE__, #condition))

/* Memory that was asked for where nothing can go on without it: says that none is left and ends with 75, so that the
 * supervisor starts the process again. */
#define ASSERT_MEMORY(at) ((at) ? (void)0 : assert_memory_failed(__FILE__, __LINE__))
__attribute__((cold)) _Noreturn void assert_memory_failed(const char *file, int line);

/* A place that no input can reach. */
#define NEVER() assert_failed(__FILE__, __LINE__, "unreachable")

#endif
