# Links the target `zerokara` against a BLAS: Accelerate on macOS, elsewhere the system's OpenBLAS or a given static one.

if(APPLE AND NOT ZEROKARA_STATIC_BLAS)
  target_compile_definitions(zerokara PRIVATE ZEROKARA_ACCELERATE ACCELERATE_NEW_LAPACK)
  target_link_libraries(zerokara PRIVATE "-framework Accelerate")
  return()
endif()

if(ZEROKARA_STATIC_BLAS)
  if(IS_DIRECTORY "${ZEROKARA_STATIC_BLAS}")
    set(ZEROKARA_BLAS_HINTS "${ZEROKARA_STATIC_BLAS}")
    set(ZEROKARA_BLAS_FILE "${ZEROKARA_STATIC_BLAS}/lib/libopenblas.a")
    set(ZEROKARA_BLAS_LOCKS ON)
  else()
    get_filename_component(ZEROKARA_BLAS_HINTS "${ZEROKARA_STATIC_BLAS}/../.." ABSOLUTE)
    set(ZEROKARA_BLAS_FILE "${ZEROKARA_STATIC_BLAS}")
  endif()
  if(NOT EXISTS "${ZEROKARA_BLAS_FILE}")
    message(FATAL_ERROR "zerokara: there is no ${ZEROKARA_BLAS_FILE}; ZEROKARA_STATIC_BLAS must name a libopenblas.a or the folder above its lib/.")
  endif()
else()
  set(ZEROKARA_BLAS_HINTS "${ZEROKARA_OPENBLAS_ROOT}" "$ENV{OPENBLAS_HOME}" "$ENV{CONDA_PREFIX}" "$ENV{CONDA_PREFIX}/Library")
  # The build with locks goes by several names; Fedora's plain `openblas` and Debian's `openblas-serial` have none.
  find_library(ZEROKARA_BLAS_FILE NAMES openblasp openblas libopenblas
    HINTS ${ZEROKARA_BLAS_HINTS} PATH_SUFFIXES lib openblas-pthread lib/openblas-pthread openblas
    PATHS /opt/OpenBLAS)
endif()
find_path(ZEROKARA_BLAS_INCLUDE NAMES openblas_config.h
  HINTS ${ZEROKARA_BLAS_HINTS} PATH_SUFFIXES include include/openblas openblas-pthread include/openblas-pthread openblas
  PATHS /opt/OpenBLAS)

if(NOT ZEROKARA_BLAS_FILE OR NOT ZEROKARA_BLAS_INCLUDE)
  execute_process(COMMAND "${ZEROKARA_NODE}" "${CMAKE_CURRENT_SOURCE_DIR}/native/packages.cjs" blas
    OUTPUT_VARIABLE ZEROKARA_BLAS_FROM OUTPUT_STRIP_TRAILING_WHITESPACE)
  message(FATAL_ERROR "zerokara: OpenBLAS was not found; install it (${ZEROKARA_BLAS_FROM}) or set OPENBLAS_HOME to its folder.")
endif()

get_filename_component(ZEROKARA_BLAS_REAL "${ZEROKARA_BLAS_FILE}" REALPATH)
if(ZEROKARA_BLAS_REAL MATCHES "openblas-serial")
  message(FATAL_ERROR "zerokara: ${ZEROKARA_BLAS_REAL} has no locks, so calls from two threads compute wrong results; install libopenblas-pthread-dev instead.")
endif()
get_filename_component(ZEROKARA_BLAS_NAME "${ZEROKARA_BLAS_REAL}" NAME)
message(STATUS "zerokara: linking ${ZEROKARA_BLAS_FILE}")

target_include_directories(zerokara SYSTEM PRIVATE "${ZEROKARA_BLAS_INCLUDE}")
target_link_libraries(zerokara PRIVATE "${ZEROKARA_BLAS_FILE}")
target_compile_definitions(zerokara PRIVATE "ZEROKARA_BLAS_LIBRARY=\"${ZEROKARA_BLAS_NAME}\"")
if(ZEROKARA_BLAS_LOCKS)
  target_compile_definitions(zerokara PRIVATE ZEROKARA_BLAS_LOCKS)
endif()

if(ZEROKARA_STATIC_BLAS)
  target_compile_definitions(zerokara PRIVATE ZEROKARA_LINKED_STATICALLY)
  if(NOT MSVC)
    target_link_options(zerokara PRIVATE -static-libstdc++ -static-libgcc)
  endif()
elseif(UNIX)
  # A library that was named by hand lies where the loader does not look; the addon remembers it. System folders never.
  foreach(root IN LISTS ZEROKARA_BLAS_HINTS)
    string(FIND "${ZEROKARA_BLAS_FILE}" "${root}/" position)
    if(root AND position EQUAL 0)
      get_filename_component(folder "${ZEROKARA_BLAS_FILE}" DIRECTORY)
      set_target_properties(zerokara PROPERTIES SKIP_BUILD_RPATH OFF BUILD_RPATH "${folder}")
    endif()
  endforeach()
endif()
