/** {@code mgit doctor}: looks at what mgit depends on, and says what is wrong with it and how to mend that. */
@NullMarked
package dev.mgit.cli.command.doctor;

import org.jspecify.annotations.NullMarked;
