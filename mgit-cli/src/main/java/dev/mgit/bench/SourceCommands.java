package dev.mgit.bench;

import dev.mgit.cli.console.ExtraCommands;
import dev.mgit.demo.DemoCommand;
import java.util.LinkedHashMap;
import java.util.Map;

/** What only a checkout of the sources can run: it takes made models, real weights and the example program. */
public final class SourceCommands implements ExtraCommands {
    @Override
    public Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("demo", DemoCommand.class);
        commands.put("bench", BenchCommand.class);
        return commands;
    }
}
