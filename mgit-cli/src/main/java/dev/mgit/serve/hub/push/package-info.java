/**
 * The endpoints of the Hugging Face Hub that its clients write models by: repositories and branches, uploads by Git LFS
 * and by Xet, and commits. What clients send waits below {@code .mgit/uploads} until a commit names it, and becomes a
 * version by the same way as what {@code mgit commit} is given.
 */
@NullMarked
package dev.mgit.serve.hub.push;

import org.jspecify.annotations.NullMarked;
