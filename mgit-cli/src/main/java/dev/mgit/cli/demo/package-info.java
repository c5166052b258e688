/** The demo: mgit's main job on real weights, every command shown as a user would type it. */
@NullMarked
package dev.mgit.cli.demo;

import org.jspecify.annotations.NullMarked;
