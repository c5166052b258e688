package dev.mgit.cli.console;

import java.util.Map;

/** Commands from beside the product: a jar on the class path contributes them as a service ({@code ServiceLoader}). */
public interface ExtraCommands {
    /** Command classes by name, in the order help lists them. */
    Map<String, Class<?>> commands();
}
