/**
 * Checks that mgit brings along: they read a version's files themselves and start no program. A registered test or hook
 * names one in place of its command. A check knows files, not versions.
 */
@NullMarked
package dev.mgit.hooks.check;

import org.jspecify.annotations.NullMarked;
