# The rules of the house that a compiler does not check: who may include whom, one includer per third-party header,
# banned calls, the size of doors and files. cmake -DROOT=… -P rules.cmake
cmake_policy(VERSION 3.25)
set(broken "")

function(say what)
  set(broken "${broken}  ${what}\n" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/layers/*.[ch] ${ROOT}/import/*.[ch] ${ROOT}/tiles/*.[ch] ${ROOT}/mapd/*.[ch])

# --- direction: room → rooms it may include ---
set(allowed_layers layers)
set(allowed_import import layers)
set(allowed_tiles tiles layers)
set(allowed_mapd mapd import tiles layers)

foreach(file IN LISTS files)
  string(REGEX REPLACE "/.*" "" room ${file})
  file(STRINGS ${ROOT}/${file} includes REGEX "^#include")
  foreach(line IN LISTS includes)
    if(line MATCHES "\"(layers|import|tiles|mapd)/")
      if(NOT CMAKE_MATCH_1 IN_LIST allowed_${room})
        say("${file} includes ${CMAKE_MATCH_1}/")
      endif()
    endif()
  endforeach()
  # third-party header (a pattern) : the only files that may include it
  foreach(pair "gdal|/ogr_|<ogr_|cpl_:import/sheet.c,import/picture.c,layers/export.c" "unzip.h|minizip:import/xlsx.c" "expat.h:import/xlsx.c"
      "microhttpd:mapd/http.c" "qrencode:mapd/qr.c" "cairo|pango:mapd/pdf.c" "sodium:layers/secret.c" "liboath:layers/second_factor.c" "libdeflate:layers/kit.c"
      "jansson:layers/json.c" "<proj.h:layers/project.c" "geos_c.h:layers/geos.c" "utf8proc:layers/text.c" "spatialite.h:layers/store.c" "seccomp.h:import/sandbox.c"
      "sqlite3.h:layers/store_private.h")
    string(REGEX REPLACE ":.*" "" pattern "${pair}")
    string(REGEX REPLACE ".*:" "" owner "${pair}")
    string(REPLACE "," ";" owner "${owner}")
    foreach(line IN LISTS includes)
      if(line MATCHES "${pattern}" AND NOT file IN_LIST owner)
        say("${file} includes what only ${owner} may: ${line}")
      endif()
    endforeach()
  endforeach()
  file(STRINGS ${ROOT}/${file} calls REGEX "[^a-z_](sprintf|strcpy|strcat|strtok|atoi|atof|gets|system) *\\(")
  if(calls AND file MATCHES "\\.c$")
    say("${file} calls a banned function: ${calls}")
  endif()
  if(NOT file STREQUAL "mapd/main.c")
    file(STRINGS ${ROOT}/${file} exits REGEX "[^a-z_]exit *\\(")
    if(exits)
      say("${file} exits: ${exits}")
    endif()
  endif()
  file(READ ${ROOT}/${file} text)
  string(REGEX REPLACE "[^\n]" "" newlines "${text}")
  string(LENGTH "${newlines}" length)
  if(length GREATER 800)
    say("${file} has ${length} lines (at most 800)")
  endif()
endforeach()

if(broken)
  message(FATAL_ERROR "rules of the house broken:\n${broken}")
endif()
