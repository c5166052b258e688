/** Searching for the first bad version with a command that tells good from bad. */
@NullMarked
package dev.mgit.hooks.bisect;

import org.jspecify.annotations.NullMarked;
