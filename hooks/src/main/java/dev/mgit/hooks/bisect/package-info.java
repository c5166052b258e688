/**
 * The search for the first bad version with a command that tells good from bad. Which versions are suspect is the
 * lineage's business.
 */
@NullMarked
package dev.mgit.hooks.bisect;

import org.jspecify.annotations.NullMarked;
