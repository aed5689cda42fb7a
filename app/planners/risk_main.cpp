// The program risk_planner: speaks planner protocol 1 on descriptors 0 and 1. Owned by app/planners.
#include "app/planners/risk_planner.hpp"

int main() {
  planguild::risk_planner planner;
  return planguild::planner_main(planner);
}
