# Code that is wrong on purpose, to see each property fail on the real program.
#
# qpcheck_mutant(NAME unacknowledged
#   SENTENCE "an event is left unacknowledged, and the id's destruction waits for it"
#   SOURCE src/qpair/events.cpp
#   REPLACE "rdma_ack_cm_event(event);" WITH "…"      the text stands in the file exactly once
#   RUN target-killed settled 1 established finishes)  arguments of the executable
#
# copies SOURCE, replaces the text, and compiles only that file into an executable that
# links everything else as it is: the linker takes this object and leaves the archive's
# member of the same symbols out. When the text is not found, or what comes of it does not
# compile, tests fail and say so; everything else is built all the same.
function(qpcheck_mutant)
  cmake_parse_arguments(PARSE_ARGV 0 M "" "NAME;SENTENCE;SOURCE;REPLACE;WITH;TIMEOUT" "RUN")
  if(NOT M_TIMEOUT)
    set(M_TIMEOUT 60)
  endif()
  math(EXPR M_TIMEOUT "${M_TIMEOUT} * ${QPCHECK_TIMEOUT_FACTOR}")
  qpcheck_mutated(copy NAME ${M_NAME} SOURCE ${M_SOURCE} REPLACE "${M_REPLACE}" WITH "${M_WITH}")
  set(test "negative: ${M_SENTENCE}")
  if(copy)
    qpcheck_mutant_executable(mutant_${M_NAME} COPY ${copy} MAIN qpcheck_mutant_main)
    add_dependencies(negative_mutants mutant_${M_NAME})
    add_test(NAME "${test}" COMMAND mutant_${M_NAME} ${M_RUN})
    set_tests_properties("${test}" PROPERTIES FIXTURES_REQUIRED negative_mutants_built)
  else()
    qpcheck_failing_test("${test}" ${M_NAME} "mutant ${M_NAME}: the text to replace does not stand in ${M_SOURCE} exactly once; \
give the mutant in ${CMAKE_CURRENT_LIST_FILE} today's text instead of:\n${M_REPLACE}")
  endif()
  set_tests_properties("${test}" PROPERTIES LABELS negative TIMEOUT ${M_TIMEOUT})
endfunction()

# A test that only says what is to be fixed.
function(qpcheck_failing_test TEST NAME MESSAGE)
  set(script ${CMAKE_CURRENT_BINARY_DIR}/mutants/${NAME}-is-gone.cmake)
  file(WRITE ${script} "message(FATAL_ERROR [====[${MESSAGE}]====])\n")
  add_test(NAME "${TEST}" COMMAND ${CMAKE_COMMAND} -P ${script})
endfunction()

# qpcheck_mutated(COPY NAME name SOURCE file REPLACE "text" WITH "text")
# sets COPY to the path of the mutated copy; to nothing when the text to replace does not
# stand in the file exactly once.
function(qpcheck_mutated COPY)
  cmake_parse_arguments(PARSE_ARGV 1 M "" "NAME;SOURCE;REPLACE;WITH" "")
  set(original ${PROJECT_SOURCE_DIR}/${M_SOURCE})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${original})
  file(READ ${original} text)
  string(REPLACE "${M_REPLACE}" "${M_WITH}" mutated "${text}")
  string(REPLACE "${M_REPLACE}" "" removed "${text}")
  string(LENGTH "${text}" before)
  string(LENGTH "${removed}" after)
  string(LENGTH "${M_REPLACE}" once)
  math(EXPR gone "${before} - ${after}")
  set(copy)
  if(gone EQUAL once)
    set(copy ${CMAKE_CURRENT_BINARY_DIR}/mutants/${M_NAME}.cpp)
    file(CONFIGURE OUTPUT ${copy} CONTENT "${mutated}" @ONLY)  # writes only what is new
  endif()
  set(${COPY} "${copy}" PARENT_SCOPE)
endfunction()

# qpcheck_mutant_executable(TARGET COPY file MAIN object-library)
# No part of the default build: an edit of src/qpair may leave a mutant that does not compile.
function(qpcheck_mutant_executable TARGET)
  cmake_parse_arguments(PARSE_ARGV 1 M "" "COPY;MAIN" "")
  add_executable(${TARGET} ${M_COPY} $<TARGET_OBJECTS:${M_MAIN}>)
  target_link_libraries(${TARGET} PRIVATE qpcheck::scenario qpcheck::story)
  target_compile_options(${TARGET} PRIVATE -w)  # wrong on purpose
  set_target_properties(${TARGET} PROPERTIES EXCLUDE_FROM_ALL TRUE)
endfunction()
