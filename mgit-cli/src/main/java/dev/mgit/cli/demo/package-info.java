/** The demo: acts on one stage, every command shown as a user would type it. */
@NullMarked
package dev.mgit.cli.demo;

import org.jspecify.annotations.NullMarked;
