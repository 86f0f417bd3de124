# Runs PROGRAM with WORDS (word|word) and compares what it does: its exit code is
# in CODES (a list), what it prints matches MATCH, and its standard error is at most
# one line. Called by CTest.
cmake_minimum_required(VERSION 3.25)
string(REPLACE "|" ";" words "${WORDS}")
execute_process(COMMAND ${PROGRAM} ${words} RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
message("exit code ${code}\n${out}${err}")
if(NOT code IN_LIST CODES)
  message(FATAL_ERROR "expected an exit code in ${CODES}, not ${code}")
endif()
if(NOT "${out}${err}" MATCHES "${MATCH}")
  message(FATAL_ERROR "expected something that matches '${MATCH}'")
endif()
if(err MATCHES "\n.")
  message(FATAL_ERROR "an error is one line")
endif()
