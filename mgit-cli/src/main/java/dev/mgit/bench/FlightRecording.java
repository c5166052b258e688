package dev.mgit.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * What the flight recorder saw of one command: where its threads were, sample by sample, and for how long each waited.
 *
 * @param samples by stage, of threads that were running or in native code
 * @param waits by thread, of those that waited at all
 */
record FlightRecording(Map<Stage, Integer> samples, Map<String, Waits> waits) {
    /**
     * One thread's time off the processor.
     *
     * @param idleSeconds parked or waiting: for work, a result or room in a queue
     * @param blockedSeconds kept from a monitor that another thread held
     */
    record Waits(double idleSeconds, double blockedSeconds) {
        private Waits plus(double idle, double blocked) {
            return new Waits(idleSeconds + idle, blockedSeconds + blocked);
        }
    }

    /** Few events, none of which is costly: samples every 10 ms, and every wait that a thread makes. */
    private static final String SETTINGS = """
            <?xml version="1.0" encoding="UTF-8"?>
            <configuration version="2.0">
              <event name="jdk.ExecutionSample"><setting name="enabled">true</setting><setting name="period">10 ms</setting></event>
              <event name="jdk.NativeMethodSample"><setting name="enabled">true</setting><setting name="period">10 ms</setting></event>
              <event name="jdk.ThreadPark"><setting name="enabled">true</setting><setting name="stackTrace">false</setting><setting name="threshold">0 ms</setting></event>
              <event name="jdk.JavaMonitorWait"><setting name="enabled">true</setting><setting name="stackTrace">false</setting><setting name="threshold">0 ms</setting></event>
              <event name="jdk.JavaMonitorEnter"><setting name="enabled">true</setting><setting name="stackTrace">false</setting><setting name="threshold">0 ms</setting></event>
            </configuration>
            """;

    /** The option that makes a Java process record itself until it ends. */
    static String option(Path settings, Path recording) throws IOException {
        Files.writeString(settings, SETTINGS);
        return "-XX:StartFlightRecording=settings=" + settings + ",filename=" + recording + ",dumponexit=true";
    }

    static FlightRecording read(Path file) throws IOException {
        Map<Stage, Integer> samples = new EnumMap<>(Stage.class);
        Map<String, Waits> waits = new TreeMap<>();
        try (var recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                RecordedEvent event = recording.readEvent();
                switch (event.getEventType().getName()) {
                    case "jdk.ExecutionSample", "jdk.NativeMethodSample" -> sample(event, samples);
                    case "jdk.ThreadPark", "jdk.JavaMonitorWait" -> wait(event, waits, seconds(event), 0);
                    case "jdk.JavaMonitorEnter" -> wait(event, waits, 0, seconds(event));
                    default -> {
                        // of the recording itself
                    }
                }
            }
        }
        return new FlightRecording(samples, waits);
    }

    private static void sample(RecordedEvent event, Map<Stage, Integer> samples) {
        RecordedStackTrace stack = event.getStackTrace();
        samples.merge(stack == null ? Stage.OTHER : Stage.of(stack.getFrames()), 1, Integer::sum);
    }

    private static void wait(RecordedEvent event, Map<String, Waits> waits, double idle, double blocked) {
        RecordedThread thread = event.getThread();
        String name = thread == null || thread.getJavaName() == null ? "" : thread.getJavaName();
        if (isOurs(name)) {
            waits.merge(name, new Waits(idle, blocked), (a, b) -> a.plus(b.idleSeconds(), b.blockedSeconds()));
        }
    }

    /** The threads of the JVM itself wait all the time. */
    private static boolean isOurs(String thread) {
        return !List.of("", "Reference Handler", "Finalizer", "Common-Cleaner", "Signal Dispatcher")
                        .contains(thread)
                && !thread.startsWith("JFR");
    }

    private static double seconds(RecordedEvent event) {
        return event.getDuration().toNanos() / 1e9;
    }

    /** The share of samples in a stage. */
    double share(Stage stage) {
        int all = samples.values().stream().mapToInt(Integer::intValue).sum();
        return all == 0 ? 0 : (double) samples.getOrDefault(stage, 0) / all;
    }
}
