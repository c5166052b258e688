package dev.mgit.cli.declared;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Terminal;
import dev.mgit.fixtures.upgrade.JarUpgrade;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** In {@code mgit.jar} commands are declared as their annotations say. */
class DeclaredTest {
    private static final List<Class<? extends Annotation>> KINDS = List.of(
            CommandLine.Command.class,
            CommandLine.Option.class,
            CommandLine.Parameters.class,
            CommandLine.Mixin.class,
            CommandLine.ArgGroup.class,
            CommandLine.Spec.class,
            CommandLine.ParentCommand.class,
            CommandLine.Unmatched.class);

    @TempDir
    private Path dir;

    /** Loads the classes in the jar, and only others from where the test finds them. */
    private static final class JarFirst extends URLClassLoader {
        JarFirst(Path jar) throws IOException {
            super(new URL[] {jar.toUri().toURL()}, DeclaredTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                if (!isOurs(name.replace('.', '/'))) {
                    return super.loadClass(name, resolve);
                }
                Class<?> known = findLoadedClass(name);
                return known == null ? findClass(name) : known;
            }
        }
    }

    private static boolean isOurs(String path) {
        return path.startsWith("picocli/") || path.startsWith("dev/mgit/cli/");
    }

    @Test
    void tablesSayWhatReflectionSays() throws Exception {
        Path jar = dir.resolve("made.jar");
        List<String> names = write(jar);
        JarUpgrade.main(new String[] {jar.toString()});
        int declared = 0;
        try (JarFirst classes = new JarFirst(jar)) {
            Class<?> tables = classes.loadClass(Declared.class.getName());
            Method get = tables.getMethod("get", AnnotatedElement.class, Class.class);
            Method table = tables.getDeclaredMethod("table", String.class);
            table.setAccessible(true);
            for (String name : names) {
                Class<?> type = Class.forName(name, false, classes);
                for (AnnotatedElement element : elements(type)) {
                    for (Class<? extends Annotation> usual : KINDS) {
                        Class<? extends Annotation> kind =
                                classes.loadClass(usual.getName()).asSubclass(Annotation.class);
                        Annotation expected = element.getAnnotation(kind);
                        Annotation found = (Annotation) get.invoke(null, element, kind);
                        assertSame(element, kind, found, expected);
                        if (expected != null && table.invoke(null, name) != null) {
                            declared++;
                        }
                    }
                }
            }
        }
        assertThat(declared)
                .as("from tables; where methods have some, there is none")
                .isGreaterThan(400);
    }

    @Test
    void tablesMakeReadAndSetWhatReflectionDoes() throws Exception {
        Path jar = dir.resolve("made.jar");
        List<String> names = write(jar);
        JarUpgrade.main(new String[] {jar.toString()});
        int made = 0;
        int set = 0;
        try (JarFirst classes = new JarFirst(jar)) {
            Class<?> tables = classes.loadClass(Declared.class.getName());
            Method table = opened(tables.getDeclaredMethod("table", String.class));
            Object context = context(classes);
            for (String name : names) {
                Object declared = table.invoke(null, name);
                Class<?> type = Class.forName(name, false, classes);
                Object object = declared == null
                        ? null
                        : opened(tables.getDeclaredMethod("make", context.getClass()))
                                .invoke(declared, context);
                if (object == null) {
                    continue;
                }
                made++;
                assertThat(object).isInstanceOf(type);
                for (Field field : type.getDeclaredFields()) {
                    if (isDeclared(field) && !Modifier.isStatic(field.getModifiers())) {
                        set += requireAccess(tables, declared, opened(field), object) ? 1 : 0;
                    }
                }
            }
        }
        assertThat(made).isGreaterThan(60);
        assertThat(set).isGreaterThan(300);
    }

    /** @return whether the table sets the field, which is left to reflection where it is final */
    private static boolean requireAccess(Class<?> tables, Object declared, Field field, Object object)
            throws ReflectiveOperationException {
        Method read = opened(tables.getDeclaredMethod("read", String.class, Object.class));
        Method write = opened(tables.getDeclaredMethod("write", String.class, Object.class, Object.class));
        assertThat(read.invoke(declared, field.getName(), object))
                .as("%s", field)
                .isEqualTo(field.get(object));
        Object value = other(field.getType(), field.get(object));
        boolean written = (boolean) write.invoke(declared, field.getName(), object, value);
        assertThat(written).as("%s", field).isEqualTo(!Modifier.isFinal(field.getModifiers()));
        tables.getMethod("write", Field.class, Object.class, Object.class).invoke(null, field, object, value);
        assertThat(field.get(object)).as("%s", field).isEqualTo(value);
        assertThat(tables.getMethod("read", Field.class, Object.class).invoke(null, field, object))
                .as("%s", field)
                .isEqualTo(value);
        return written;
    }

    private static Object other(Class<?> type, Object before) {
        if (type == boolean.class) {
            return !(boolean) before;
        }
        if (type == int.class) {
            return (int) before + 1;
        }
        if (type == long.class) {
            return (long) before + 1;
        }
        if (type == double.class) {
            return (double) before + 1;
        }
        return type == String.class ? before + "!" : before;
    }

    private static boolean isDeclared(Field field) {
        return Stream.of(field.getAnnotations())
                .anyMatch(one -> one.annotationType().getName().startsWith("picocli."));
    }

    private static Object context(ClassLoader classes) throws ReflectiveOperationException {
        Class<?> terminal = classes.loadClass(Terminal.class.getName());
        return classes.loadClass(Context.class.getName())
                .getConstructor(terminal)
                .newInstance(terminal.getMethod("system").invoke(null));
    }

    private static <T extends AccessibleObject> T opened(T member) {
        member.setAccessible(true);
        return member;
    }

    private static void assertSame(AnnotatedElement element, Class<?> kind, Annotation found, Annotation expected)
            throws ReflectiveOperationException {
        assertThat(found == null).as("%s of %s", kind, element).isEqualTo(expected == null);
        for (Method attribute : expected == null ? new Method[0] : kind.getDeclaredMethods()) {
            assertThat(attribute.invoke(found))
                    .as("%s of %s", attribute, element)
                    .isEqualTo(attribute.invoke(expected));
        }
        if (expected != null) {
            assertThat(found.annotationType()).isEqualTo(expected.annotationType());
        }
    }

    private static List<AnnotatedElement> elements(Class<?> type) {
        List<AnnotatedElement> elements = new ArrayList<>(List.of(type));
        elements.addAll(List.<Field>of(type.getDeclaredFields()));
        elements.addAll(List.<Method>of(type.getDeclaredMethods()));
        return elements;
    }

    /** @return the names of the classes of commands */
    private static List<String> write(Path jar) throws IOException {
        List<String> names = new ArrayList<>();
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Class<?> one : List.of(CommandLine.class, Declared.class)) {
                String source =
                        one.getProtectionDomain().getCodeSource().getLocation().getPath();
                Path place = Path.of(source);
                if (Files.isDirectory(place)) {
                    add(place, one, out, names);
                } else {
                    try (FileSystem files = FileSystems.newFileSystem(place)) {
                        add(files.getPath("/"), one, out, names);
                    }
                }
            }
        }
        return names;
    }

    private static void add(Path root, Class<?> of, JarOutputStream out, List<String> names) throws IOException {
        String part = of == Declared.class ? "dev/mgit/cli" : "picocli";
        try (Stream<Path> files = Files.walk(root.resolve(part))) {
            files.filter(file -> file.toString().endsWith(".class")).sorted().forEach(file -> {
                String path = root.relativize(file).toString();
                try {
                    out.putNextEntry(new ZipEntry(path));
                    out.write(Files.readAllBytes(file));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                if (of == Declared.class && !path.endsWith("package-info.class") && !path.endsWith("Test.class")) {
                    names.add(path.replace(".class", "").replace('/', '.'));
                }
            });
        }
    }
}
