/**
 * Tests registered on models: commands that measure a version, their results, and how good is good enough.
 */
@NullMarked
package dev.mgit.hooks.test;

import org.jspecify.annotations.NullMarked;
