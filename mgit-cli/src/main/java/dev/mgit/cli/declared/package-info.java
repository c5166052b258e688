/** What is declared of commands by annotations, read without reflection. */
@NullMarked
package dev.mgit.cli.declared;

import org.jspecify.annotations.NullMarked;
