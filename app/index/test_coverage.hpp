// Which files are tested, as far as names and imports tell. Internal to app/index; pure function, any thread.
#pragma once

#include "app/index/repository_index.hpp"

namespace planguild {

/// Fills `test` and `tested` of `index.facts` from its files and imports.
void mark_tested(repository_index& index);

}  // namespace planguild
