# How every target of pith is built: warnings, sanitizers, fast linking and caching where installed,
# and one function for each kind of target.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)

find_program(PITH_CCACHE ccache)
if(PITH_CCACHE)
  # Paths are hashed relative to the checkout, so that one checkout finds what another has compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      ${PITH_CCACHE})
endif()
find_program(PITH_MOLD mold)
if(PITH_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Werror -fno-omit-frame-pointer)
# libstdc++ 12 calls deprecated functions of its own (in std::stable_sort), which only clang reports.
add_compile_options($<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
# No path of the building machine reaches the binary.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
if(PITH_SANITIZE)
  # Instrumented code gives gcc 12 false alarms (in std::regex); warnings are errors in the other builds.
  add_compile_options(-fsanitize=${PITH_SANITIZE} -fno-sanitize-recover=all -Wno-error $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_link_options(-fsanitize=${PITH_SANITIZE})
endif()
if(PITH_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# One library for a folder of src/: pith_library(NAME SOURCES… USES module… LIBS third-party…)
# The modules it USES are exactly the row of the table in ARCHITECTURE.md; a test holds the includes to it.
function(pith_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;USES;LIBS" ${ARGN})
  add_library(pith_${name} STATIC ${ARG_SOURCES})
  add_library(pith::${name} ALIAS pith_${name})
  target_include_directories(pith_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  list(TRANSFORM ARG_USES PREPEND pith::)
  target_link_libraries(pith_${name} PUBLIC ${ARG_USES} PRIVATE fmt::fmt Threads::Threads ${ARG_LIBS})
endfunction()

# All tests that need no built pith, but for replays of corpora: what the sanitizers are for. The fuzz targets themselves have
# their own sanitizers, and begin with their corpora.
add_custom_target(library_tests)

# One GoogleTest program for a folder of tests/: pith_test(NAME KIND unit|golden|e2e SOURCES… USES module…)
# Its cases are told apart by ctest; the label is the kind.
function(pith_test name)
  cmake_parse_arguments(ARG "" "KIND;TIMEOUT" "SOURCES;USES;LIBS;DEPENDS" ${ARGN})
  set(target ${ARG_KIND}_${name})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${target} ${ARG_SOURCES})
  list(TRANSFORM ARG_USES PREPEND pith::)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  if(PITH_SANITIZE)
    target_compile_options(${target} PRIVATE -O0)  # which compiles three times faster; the libraries are what is tested
  endif()
  target_link_libraries(${target} PRIVATE ${ARG_USES} ${ARG_LIBS} pith_test_support fmt::fmt GTest::gmock GTest::gtest_main)
  if(ARG_DEPENDS)
    add_dependencies(${target} ${ARG_DEPENDS})
  endif()
  if(NOT ARG_KIND MATCHES "e2e|deep")
    add_dependencies(library_tests ${target})
  endif()
  gtest_discover_tests(${target} TEST_PREFIX "${ARG_KIND}." DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${ARG_KIND} TIMEOUT ${ARG_TIMEOUT} SKIP_REGULAR_EXPRESSION "SKIPPED")
endfunction()

# One fuzz target: pith_fuzz(NAME USES module…) builds tests/fuzz/NAME.cpp. The source defines
# LLVMFuzzerTestOneInput. With PITH_FUZZ it is a libFuzzer program; without, a program that replays
# the corpus tests/fuzz/corpus/NAME, which the ordinary tests run.
function(pith_fuzz name)
  cmake_parse_arguments(ARG "" "" "USES" ${ARGN})
  list(TRANSFORM ARG_USES PREPEND pith::)
  add_executable(fuzz_${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/${name}.cpp)
  target_include_directories(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(fuzz_${name} PRIVATE ${ARG_USES} fmt::fmt)
  if(PITH_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/replay_main.cpp)
    add_test(NAME fuzz.${name}.corpus COMMAND fuzz_${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
    set_tests_properties(fuzz.${name}.corpus PROPERTIES LABELS fuzz TIMEOUT 120)
  endif()
endfunction()
