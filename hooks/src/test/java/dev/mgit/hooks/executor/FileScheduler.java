package dev.mgit.hooks.executor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A scheduler in a folder, by four commands of a few lines: a job is a file of its name that holds its process id. What
 * a file {@code before-WHAT} or {@code after-WHAT} in the folder says is run before or after a command does its work.
 */
public final class FileScheduler {
    private static final String SCRIPT = """
            q=$(dirname "$0")
            echo "$1 $MGIT_JOB_NAME" >> "$q/asked"
            if [ -e "$q/before-$1" ]; then . "$q/before-$1"; fi
            case $1 in
              submit)
                if [ ! -e "$q/$MGIT_JOB_NAME.job" ]; then
                  cat > "$q/$MGIT_JOB_NAME.request"
                  setsid /bin/sh "$MGIT_JOB_SCRIPT" </dev/null >/dev/null 2>&1 &
                  echo $! > "$q/$MGIT_JOB_NAME.job"
                fi
                answer="{\\"id\\": \\"id-$MGIT_JOB_NAME\\"}" ;;
              look)
                if kill -0 "$(cat "$q/${MGIT_JOB_ID#id-}.job")" 2>/dev/null; then state=running; else state=ended; fi
                answer="{\\"state\\": \\"$state\\", \\"detail\\": \\"as the scheduler says\\"}" ;;
              find)
                answer='{}'
                if [ -e "$q/$MGIT_JOB_NAME.job" ]; then answer="{\\"id\\": \\"id-$MGIT_JOB_NAME\\"}"; fi ;;
              end)
                if [ -e "$q/$MGIT_JOB_NAME.job" ]; then kill -KILL -"$(cat "$q/$MGIT_JOB_NAME.job")"; fi ;;
            esac
            if [ -e "$q/after-$1" ]; then . "$q/after-$1"; fi
            echo "a warning, as schedulers like them"
            echo "$answer"
            """;

    private final Path folder;
    private final Map<String, String> settings = new HashMap<>();

    public FileScheduler(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        Path script = Files.writeString(folder.resolve("scheduler.sh"), SCRIPT);
        for (String what : List.of("submit", "look", "find", "end")) {
            settings.put("executor.command." + what, "sh '" + script + "' " + what);
        }
        settings.put("executor.command.interval", "1s");
    }

    public Map<String, String> settings() {
        return settings;
    }

    /** As another process would make it. */
    public Executor executor() {
        return Executors.create("command", key -> Optional.ofNullable(settings.get(key)), System.getenv());
    }

    /** What a command does besides. */
    void when(String moment, String line) throws IOException {
        Files.writeString(folder.resolve(moment), line + "\n");
    }

    List<String> asked(String what) throws IOException {
        Path file = folder.resolve("asked");
        return Files.exists(file)
                ? Files.readAllLines(file).stream()
                        .filter(line -> line.startsWith(what + " "))
                        .toList()
                : List.of();
    }

    /** What submit was told of a job. */
    Path request(JobHandle handle) {
        return folder.resolve(RemoteExecutor.nameOf(handle.folder()) + ".request");
    }
}
