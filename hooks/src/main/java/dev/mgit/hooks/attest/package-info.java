/**
 * Signed statements about versions: their files, how they were made, what tests found, what was noted later, and that a
 * recipe was carried out again with the same result.
 */
@NullMarked
package dev.mgit.hooks.attest;

import org.jspecify.annotations.NullMarked;
