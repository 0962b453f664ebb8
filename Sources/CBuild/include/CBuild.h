#ifndef CBUILD_H
#define CBUILD_H

// The commit that a release binary was built from; empty in any other. A release links its own in place of this one, so that
// another commit takes no compilation.
extern const char *_Nonnull const kata_build_commit;

#endif
