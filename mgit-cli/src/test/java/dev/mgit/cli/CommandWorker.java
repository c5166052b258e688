package dev.mgit.cli;

import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.ChildJvm;
import dev.mgit.fixtures.SystemCalls;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that carries out one command after the other, so that thousands can be followed, or harmed, without a start for
 * each. While one runs, nothing else in the process makes a call that could be made to fail in its stead.
 */
final class CommandWorker implements AutoCloseable {
    private final Process process;
    private final DataOutputStream orders;
    private final DataInputStream answers;
    private final Path done;

    /** What a command left behind: its exit code, and what it printed, errors last. */
    record Answer(int exit, String output) {}

    /**
     * @param scratch a folder for a sign that a command is done
     * @param jvm further options for the JVM
     */
    CommandWorker(Path scratch, List<String> jvm) throws IOException {
        List<String> command = ChildJvm.command(jvm);
        command.add(CommandWorker.class.getName());
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        orders = new DataOutputStream(process.getOutputStream());
        answers = new DataInputStream(process.getInputStream());
        done = scratch.resolve("done");
    }

    /**
     * Runs a command while another program follows the process.
     *
     * @param follower words such as {@link SystemCalls#attachedRecording} that end in the id of a process
     */
    Answer run(List<String> follower, Path folder, List<String> words) throws IOException {
        Files.deleteIfExists(done);
        Process following = attach(follower);
        try {
            orders.writeInt(words.size() + 2);
            orders.writeUTF(folder.toString());
            orders.writeUTF(done.toString());
            for (String word : words) {
                orders.writeUTF(word);
            }
            orders.flush();
            Await.until("the command is done", () -> Files.isSymbolicLink(done) || !process.isAlive());
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        } finally {
            following.toHandle().destroy(); // it lets go of the process, as on a signal from a keyboard
            Await.exit(following);
        }
        orders.writeInt(0);
        orders.flush();
        return new Answer(answers.readInt(), new String(answers.readNBytes(answers.readInt()), StandardCharsets.UTF_8));
    }

    private Process attach(List<String> follower) throws IOException {
        List<String> words = new ArrayList<>(follower);
        words.add(String.valueOf(process.pid()));
        Process following = new ProcessBuilder(words).start();
        var said = new BufferedReader(new InputStreamReader(following.getErrorStream(), StandardCharsets.UTF_8));
        for (String line = said.readLine(); ; line = said.readLine()) {
            if (line == null) {
                throw new IOException("strace could not follow a process");
            }
            if (line.contains(" attached")) {
                break;
            }
        }
        var reader = new Thread(() -> said.lines().forEach(line -> {}), "output of strace");
        reader.setDaemon(true);
        reader.start();
        return following;
    }

    @Override
    public void close() {
        process.destroyForcibly();
        Await.exit(process);
    }

    /** In the process: the words of a command come on stdin, the answer goes to stdout once it is asked for. */
    public static void main(String[] none) throws IOException {
        var orders = new DataInputStream(System.in);
        var answers = new DataOutputStream(System.out);
        while (true) {
            String[] words = new String[orders.readInt() - 2];
            Path folder = Path.of(orders.readUTF());
            Path done = Path.of(orders.readUTF());
            for (int i = 0; i < words.length; i++) {
                words[i] = orders.readUTF();
            }
            Cli.Ran ran = List.of(words).equals(ServedPush.WORDS) ? ServedPush.run(folder) : Cli.run(folder, words);
            byte[] output = (ran.out() + ran.err()).getBytes(StandardCharsets.UTF_8);
            // The one way to make a file that is never made to fail.
            Files.createSymbolicLink(done, folder);
            if (orders.readInt() != 0) {
                throw new IOException("a command before the last was asked for");
            }
            answers.writeInt(ran.exit());
            answers.writeInt(output.length);
            answers.write(output);
            answers.flush();
        }
    }
}
