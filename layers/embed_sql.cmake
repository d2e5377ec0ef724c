# Writes a C file with every SQL file as a text: cmake -DOUT=… "-DFILES=a;b" -P embed_sql.cmake
set(body "")
set(table "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
  string(APPEND body "static const char SQL_${name}[] = {${bytes}0};\n")
  string(APPEND table "    {\"${name}\", SQL_${name}},\n")
endforeach()
file(WRITE ${OUT} "/* made by layers/embed_sql.cmake */
#include \"layers/store_private.h\"
#include <string.h>

${body}
const char *sql_text(const char *name)
{
    static const struct {
        const char *name, *text;
    } TEXTS[] = {
${table}    };
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        if (strcmp(TEXTS[i].name, name) == 0)
            return TEXTS[i].text;
    return NULL;
}
")
