/**
 * Tests of models: which commands measure a version and when, their results, and how good is good enough. Running them
 * is an {@code executor}'s business, and what follows from a verdict that of {@code event} and {@code cascade}.
 */
@NullMarked
package dev.mgit.hooks.modeltest;

import org.jspecify.annotations.NullMarked;
