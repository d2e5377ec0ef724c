# The face, built by npm and esbuild and put into the program by .incbin. Include from the root CMakeLists.txt:
#
#   include(web/assets.cmake)
#   target_link_libraries(mapd PRIVATE mapd_assets)      # bytes, and the folder of assets.inc
#
# or by hand: target_sources(mapd PRIVATE ${MAPD_ASSET_SOURCES}), target_include_directories(mapd PRIVATE ${MAPD_ASSET_INCLUDE_DIR}),
# add_dependencies(mapd mapd_web). With -DWEB_PREBUILT=DIR (a folder once made by `node web/build.mjs --out DIR`) Node is not needed.

enable_language(ASM)

set(WEB_PREBUILT "" CACHE PATH "Folder made by web/build.mjs; when set, neither Node nor npm is used")
set(MAPD_WEB_SOURCE_DIR ${CMAKE_CURRENT_LIST_DIR})

if(WEB_PREBUILT)
  get_filename_component(MAPD_ASSET_INCLUDE_DIR "${WEB_PREBUILT}" ABSOLUTE BASE_DIR ${CMAKE_SOURCE_DIR})
  if(NOT EXISTS ${MAPD_ASSET_INCLUDE_DIR}/assets.inc)
    message(FATAL_ERROR "WEB_PREBUILT: there is no assets.inc in ${MAPD_ASSET_INCLUDE_DIR}")
  endif()
  add_custom_target(mapd_web)
else()
  find_program(NODE_PROGRAM NAMES node nodejs)
  find_program(NPM_PROGRAM NAMES npm)
  if(NOT NODE_PROGRAM OR NOT NPM_PROGRAM)
    message(FATAL_ERROR "The map page needs node and npm to build (apt install nodejs npm), or -DWEB_PREBUILT=DIR")
  endif()
  set(MAPD_ASSET_INCLUDE_DIR ${CMAKE_BINARY_DIR}/web)
  file(MAKE_DIRECTORY ${MAPD_ASSET_INCLUDE_DIR}) # the stamp's folder must exist, or the first build fails
  file(GLOB MAPD_WEB_FILES CONFIGURE_DEPENDS
    ${MAPD_WEB_SOURCE_DIR}/app/*.js ${MAPD_WEB_SOURCE_DIR}/*.js ${MAPD_WEB_SOURCE_DIR}/*.css ${MAPD_WEB_SOURCE_DIR}/*.html ${MAPD_WEB_SOURCE_DIR}/*.svg ${MAPD_WEB_SOURCE_DIR}/help/*.webp)

  # npm writes node_modules/.package-lock.json last: it is the stamp, shared by all build folders of this source tree.
  set(MAPD_NPM_STAMP ${MAPD_WEB_SOURCE_DIR}/node_modules/.package-lock.json)
  add_custom_command(OUTPUT ${MAPD_NPM_STAMP}
    COMMAND ${NPM_PROGRAM} ci --ignore-scripts --no-audit --no-fund --loglevel=error
    COMMAND ${CMAKE_COMMAND} -E touch ${MAPD_NPM_STAMP}
    DEPENDS ${MAPD_WEB_SOURCE_DIR}/package.json ${MAPD_WEB_SOURCE_DIR}/package-lock.json
    WORKING_DIRECTORY ${MAPD_WEB_SOURCE_DIR}
    COMMENT "Fetching the map page's libraries (npm ci)")
  add_custom_command(OUTPUT ${MAPD_ASSET_INCLUDE_DIR}/assets.S ${MAPD_ASSET_INCLUDE_DIR}/assets.inc
    COMMAND ${NODE_PROGRAM} ${MAPD_WEB_SOURCE_DIR}/build.mjs --out ${MAPD_ASSET_INCLUDE_DIR}
    DEPENDS ${MAPD_NPM_STAMP} ${MAPD_WEB_SOURCE_DIR}/build.mjs ${MAPD_WEB_FILES}
    COMMENT "Bundling the map page")
  add_custom_target(mapd_web DEPENDS ${MAPD_ASSET_INCLUDE_DIR}/assets.S ${MAPD_ASSET_INCLUDE_DIR}/assets.inc)
endif()

set(MAPD_ASSET_SOURCES ${MAPD_ASSET_INCLUDE_DIR}/assets.S)
# .incbin looks along -I; the table changes whenever any byte does, because names carry content hashes.
set_source_files_properties(${MAPD_ASSET_SOURCES} PROPERTIES
  LANGUAGE ASM
  COMPILE_OPTIONS "-Wa,-I${MAPD_ASSET_INCLUDE_DIR}"
  OBJECT_DEPENDS ${MAPD_ASSET_INCLUDE_DIR}/assets.inc)

add_library(mapd_assets OBJECT ${MAPD_ASSET_SOURCES})
target_include_directories(mapd_assets INTERFACE ${MAPD_ASSET_INCLUDE_DIR})
add_dependencies(mapd_assets mapd_web)
