include(Catch)
include(CheckCXXSourceCompiles)

# Built with the address sanitizer (preset asan-ubsan): some tests have more to see.
check_cxx_source_compiles("#ifndef __SANITIZE_ADDRESS__\n#error\n#endif\nint main() {}" QPCHECK_SANITIZED)

# How much longer than usual a test may take in this build.
set(QPCHECK_TIMEOUT_FACTOR 1 CACHE STRING "Every time limit of a test is multiplied by this")

# One main for all Catch2 executables.
add_library(qpcheck_test_main STATIC ${PROJECT_SOURCE_DIR}/tests/support/main.cpp)
target_link_libraries(qpcheck_test_main PUBLIC Catch2::Catch2 rapidcheck qpcheck::warnings)

# qpcheck_test(NAME unit_search SOURCES a.cpp b.cpp LINK qpcheck::search LABEL unit [TIMEOUT 60])
# builds one executable and registers each of its test cases with CTest. One whose name CTest
# cuts in pieces (at a semicolon) would never be run: a piece that names no test fails.
# Labels: unit (fast), property, replay, negative, approval, deep, bench.
function(qpcheck_test)
  cmake_parse_arguments(T "" "NAME;LABEL;TIMEOUT" "SOURCES;LINK" ${ARGN})
  if(NOT T_TIMEOUT)
    set(T_TIMEOUT 120)
  endif()
  math(EXPR T_TIMEOUT "${T_TIMEOUT} * ${QPCHECK_TIMEOUT_FACTOR}")
  add_executable(${T_NAME} ${T_SOURCES})
  target_link_libraries(${T_NAME} PRIVATE qpcheck_test_main ${T_LINK})
  catch_discover_tests(${T_NAME} TEST_PREFIX "${T_NAME}: " EXTRA_ARGS -w NoTests
    PROPERTIES LABELS ${T_LABEL} TIMEOUT ${T_TIMEOUT})
endfunction()
