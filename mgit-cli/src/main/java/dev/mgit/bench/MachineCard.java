package dev.mgit.bench;

import dev.mgit.cli.console.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What figures were measured on, from what Linux tells below {@code /proc}.
 *
 * @param processors the numbers of the logical processors this process may run on, ascending
 * @param model of the processor; empty where the platform does not tell
 * @param memoryBytes of main memory; 0 where the platform does not tell
 * @param load runnable tasks over the last minute; empty where the platform does not tell
 */
record MachineCard(List<Integer> processors, String model, long memoryBytes, String load) {
    static MachineCard read() {
        return new MachineCard(
                processors(field("/proc/self/status", "Cpus_allowed_list")),
                field("/proc/cpuinfo", "model name"),
                number(field("/proc/meminfo", "MemTotal")) * 1024,
                loadNow());
    }

    /** The load alone changes while a benchmark runs. */
    static String loadNow() {
        return first(Path.of("/proc/loadavg")).split(" ", 2)[0];
    }

    String line() {
        return processors.size() + " cores" + (model.isEmpty() ? "" : ", " + model)
                + (memoryBytes == 0 ? "" : ", " + Output.bytes(memoryBytes) + " of memory")
                + ", Java " + Runtime.version().feature()
                + (load.isEmpty() ? "" : "; load before " + load);
    }

    /** @param list as in {@code Cpus_allowed_list}: {@code 0-3,8} */
    static List<Integer> processors(String list) {
        List<Integer> numbers = new ArrayList<>();
        for (String range : list.split(",")) {
            String[] ends = range.strip().split("-", 2);
            if (ends[0].isEmpty()) {
                continue;
            }
            for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
                numbers.add(i);
            }
        }
        if (numbers.isEmpty()) {
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
                numbers.add(i);
            }
        }
        return List.copyOf(numbers);
    }

    private static String field(String file, String name) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    private static String first(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.findFirst().orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    private static long number(String text) {
        String digits = text.replaceAll("\\D", "");
        return digits.isEmpty() ? 0 : Long.parseLong(digits);
    }
}
