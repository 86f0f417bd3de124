# A false property, as a user sees it: its seed, its story, and the line that shows the
# same case again; and that no case is no success. Called by CTest with PROGRAM.
cmake_minimum_required(VERSION 3.25)

function(run PARAMS)
  execute_process(COMMAND ${CMAKE_COMMAND} -E env "RC_PARAMS=${PARAMS}" ${PROGRAM}
    RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)
  message("RC_PARAMS=${PARAMS}: exit code ${code}\n${out}${err}")
  if(code EQUAL 0)
    message(FATAL_ERROR "a false property passes")
  endif()
  set(said "${out}${err}" PARENT_SCOPE)
endfunction()
function(expect MATCH)
  if(NOT said MATCHES "${MATCH}")
    message(FATAL_ERROR "expected something that matches '${MATCH}'")
  endif()
endfunction()

run("seed=1")
expect("seed=1")
expect("kill target")
expect("[Vv]iolated: awaited-once")
string(REGEX MATCH "the run of which it is false:.*[Vv]iolated: awaited-once" first "${said}")
string(REGEX MATCH "reproduce=[A-Za-z0-9+_-]+" again "${said}")

run("${again}")
string(REGEX MATCH "the run of which it is false:.*[Vv]iolated: awaited-once" second "${said}")
if(first STREQUAL "" OR NOT first STREQUAL second)
  message(FATAL_ERROR "the case is another one when it is reproduced")
endif()

run("max_success=0")
expect("no case ran")
