// Memory that libraries under Graphviz keep until the process ends. Read by the
// leak sanitizer, if there is one; our own code is not excused.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig\nleak:libgvc\nleak:libgvplugin\nleak:libpango\nleak:libcairo\n";
}

// What is excused is not worth a word: standard error is for errors.
extern "C" const char* __lsan_default_options();
extern "C" const char* __lsan_default_options() { return "print_suppressions=0"; }
