// A shared object that is no planner. A planner of the tests.
extern "C" __attribute__((visibility("default"))) int planguild_test_number() {
  return 4;
}
