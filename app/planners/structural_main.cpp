// The program structural_planner: speaks planner protocol 1 on descriptors 0 and 1. Owned by app/planners.
#include "app/planners/structural_planner.hpp"

int main() {
  planguild::structural_planner planner;
  return planguild::planner_main(planner);
}
