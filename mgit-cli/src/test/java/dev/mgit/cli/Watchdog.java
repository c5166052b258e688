package dev.mgit.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** For long runs: work that does not end within minutes hangs, and fails with what every thread was at. */
final class Watchdog implements AutoCloseable {
    private static final long LIMIT_MINUTES = Long.getLong("mgit.corruption.minutes", 5);

    private final ExecutorService worker = Executors.newSingleThreadExecutor(work -> {
        var thread = new Thread(work, "watched");
        thread.setDaemon(true);
        return thread;
    });

    <T> T watch(String what, Callable<T> work) throws Exception {
        try {
            return worker.submit(work).get(LIMIT_MINUTES, TimeUnit.MINUTES);
        } catch (TimeoutException e) {
            throw new AssertionError(what + " hangs:\n" + threads(), e);
        } catch (ExecutionException e) {
            throw new AssertionError(what + " ends in " + e.getCause(), e.getCause());
        }
    }

    private static String threads() {
        var text = new StringBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> thread :
                Thread.getAllStackTraces().entrySet()) {
            text.append(thread.getKey()).append('\n');
            for (StackTraceElement frame : thread.getValue()) {
                text.append("    at ").append(frame).append('\n');
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
