/* Loaded before a program (LD_PRELOAD), fails what it writes below a folder, FAILING_BELOW, with the error FAILING_ERROR, by its
   number, as long as there is a file FAILING_WHILE. What a disk says of its room stays as it is. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int fails(int file) {
    const char *folder = getenv("FAILING_BELOW"), *flag = getenv("FAILING_WHILE"), *number = getenv("FAILING_ERROR");
    if (!folder || !flag || !number || access(flag, F_OK)) return 0;
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (strncmp(path, folder, strlen(folder))) return 0;
    errno = atoi(number);
    return 1;
}

#define WRITING(name, parameters, arguments)                                           \
    ssize_t name parameters {                                                          \
        static ssize_t(*real) parameters;                                              \
        if (fails(file)) return -1;                                                    \
        if (!real) real = (ssize_t(*) parameters)dlsym(RTLD_NEXT, #name);              \
        return real arguments;                                                         \
    }

WRITING(write, (int file, const void *bytes, size_t count), (file, bytes, count))
WRITING(pwrite, (int file, const void *bytes, size_t count, off_t offset), (file, bytes, count, offset))
WRITING(pwrite64, (int file, const void *bytes, size_t count, off64_t offset), (file, bytes, count, offset))
