package dev.mgit.cli;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.ReferenceType;
import com.sun.jdi.VMDisconnectedException;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.Connector;
import com.sun.jdi.connect.ListeningConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import com.sun.jdi.event.Event;
import com.sun.jdi.event.EventSet;
import com.sun.jdi.event.VMDeathEvent;
import com.sun.jdi.event.VMDisconnectEvent;
import dev.mgit.fixtures.Crash;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * The real command in a process of its own that stands still each time it is about to change a file, so that a test
 * can look at what is there, kill it, or let it go on, without any race: the process is held by the JVM's debugger
 * interface at the methods through which Java and RocksDB write. What native code does between two of them is
 * CrashPointsTest's.
 */
public final class PausedCommand implements AutoCloseable {
    private static final List<String> JVM = List.of("-Xmx256m");
    private static final int LIMIT_MILLIS = 300_000;

    /** Where the command stands still: on entry into any of these. */
    private static final Map<String, Set<String>> CHANGES = Map.of(
            "java.nio.file.Files", Set.of("move", "delete", "deleteIfExists", "createDirectory", "createLink"),
            "sun.nio.ch.FileChannelImpl", Set.of("write", "force", "truncate"),
            "java.io.FileOutputStream", Set.of("write"),
            "org.rocksdb.RocksDB", Set.of("write"));

    private final Crash child;
    private final VirtualMachine machine;
    private EventSet held;

    private PausedCommand(Crash child, VirtualMachine machine) throws InterruptedException {
        this.child = child;
        this.machine = machine;
        for (String name : CHANGES.keySet()) {
            var prepared = machine.eventRequestManager().createClassPrepareRequest();
            prepared.addClassFilter(name);
            prepared.enable();
            machine.classesByName(name).forEach(this::pauseIn);
        }
        held = machine.eventQueue().remove(LIMIT_MILLIS); // it stands at its very start
    }

    /** Starts the command in a folder; it stands before anything has happened. */
    public static PausedCommand start(Path folder, String... arguments) throws Exception {
        ListeningConnector connector = Bootstrap.virtualMachineManager().listeningConnectors().stream()
                .filter(candidate -> candidate.transport().name().equals("dt_socket"))
                .findFirst()
                .orElseThrow();
        Map<String, Connector.Argument> options = connector.defaultArguments();
        options.get("localAddress").setValue("127.0.0.1");
        options.get("timeout").setValue(String.valueOf(LIMIT_MILLIS));
        String address = connector.startListening(options);
        try {
            List<String> jvm = new ArrayList<>(JVM);
            String port = address.substring(address.lastIndexOf(':') + 1);
            jvm.add("-agentlib:jdwp=transport=dt_socket,server=n,suspend=y,address=127.0.0.1:" + port);
            Crash child = Crash.start(Main.class, folder, jvm, arguments);
            return new PausedCommand(child, connector.accept(options));
        } finally {
            connector.stopListening(options);
        }
    }

    private void pauseIn(ReferenceType type) {
        Set<String> names = CHANGES.getOrDefault(type.name(), Set.of());
        type.methods().stream()
                .filter(method -> names.contains(method.name()) && !method.isNative() && !method.isAbstract())
                .forEach(method -> machine.eventRequestManager()
                        .createBreakpointRequest(method.location())
                        .enable());
    }

    /** Lets the command go on to where it is about to change the next file; false if it ends before. */
    public boolean step() throws InterruptedException {
        try {
            while (true) {
                held.resume();
                held = machine.eventQueue().remove(LIMIT_MILLIS);
                if (held == null) {
                    throw new AssertionError("the command neither ends nor changes a file: " + child.kill());
                }
                boolean paused = false;
                for (Event event : held) {
                    if (event instanceof ClassPrepareEvent loaded) {
                        pauseIn(loaded.referenceType());
                    } else if (event instanceof VMDeathEvent || event instanceof VMDisconnectEvent) {
                        held.resume();
                        return false;
                    }
                    paused |= event instanceof BreakpointEvent;
                }
                if (paused) {
                    return true;
                }
            }
        } catch (VMDisconnectedException e) {
            return false;
        }
    }

    /**
     * Lets the command go on until something has come true, and leaves it standing there.
     *
     * @param what the event, as it is to be named if it never comes
     * @throws AssertionError if the command ends before
     */
    public PausedCommand until(String what, Callable<Boolean> moment) throws Exception {
        while (!moment.call()) {
            if (!step()) {
                throw new AssertionError("the command ended before " + what + ": " + child.finish());
            }
        }
        return this;
    }

    /** Kills the command where it stands. */
    public Crash.Ended kill() {
        return child.kill();
    }

    /** Lets the command go on to its end. */
    public Crash.Ended finish() {
        try {
            machine.dispose();
        } catch (VMDisconnectedException e) {
            // it has ended
        }
        return child.finish();
    }

    @Override
    public void close() {
        child.close();
    }
}
