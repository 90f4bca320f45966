#include <libpq-fe.h>

/* The five characters that say what an error or a warning is; NULL when the result has none. */
static inline const char *ambit_sqlstate(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}
