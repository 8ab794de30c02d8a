package org.pellucid.graph.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.Operation;

class OperationsTest {
  /** Every record of the package that is an operation, as the compiler left it. */
  private static Set<Class<?>> compiledOperations() throws IOException, URISyntaxException {
    Path classes =
        Path.of(Operations.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path folder = classes.resolve(Operations.class.getPackageName().replace('.', '/'));
    List<String> names;
    try (Stream<Path> files = Files.list(folder)) {
      names = files.map(file -> file.getFileName().toString()).toList();
    }
    Set<Class<?>> operations = new HashSet<>();
    for (String name : names) {
      if (!name.endsWith(".class") || name.startsWith("package-info")) {
        continue;
      }
      String simple = name.substring(0, name.length() - ".class".length());
      try {
        Class<?> type = Class.forName(Operations.class.getPackageName() + "." + simple);
        if (Operation.class.isAssignableFrom(type) && !type.isInterface()) {
          operations.add(type);
        }
      } catch (ClassNotFoundException e) {
        throw new IOException(e);
      }
    }
    return operations;
  }

  private static void permitted(Class<?> family, Set<Class<?>> found) {
    for (Class<?> member : family.getPermittedSubclasses()) {
      if (member.isSealed()) {
        permitted(member, found);
      } else {
        found.add(member);
      }
    }
  }

  @Test
  void theTableHoldsEveryOperationOfThePackageOnce() throws Exception {
    assertThat(Operations.all()).doesNotHaveDuplicates();
    assertThat(new HashSet<Class<?>>(Operations.all())).isEqualTo(compiledOperations());
  }

  @Test
  void theTableHoldsEveryMemberOfTheSealedFamilies() {
    Set<Class<?>> members = new HashSet<>();
    for (Class<?> family : List.of(Unary.class, Binary.class, Reduce.class)) {
      permitted(family, members);
    }
    assertThat(new HashSet<Class<?>>(Operations.all())).containsAll(members);
  }

  @Test
  void everyOperationIsARecordThatStatesItsRules() throws Exception {
    List<String> without = new ArrayList<>();
    for (Class<? extends Operation> type : Operations.all()) {
      assertThat(type).isRecord();
      boolean complete =
          !Modifier.isAbstract(type.getMethod("infer", List.class).getModifiers())
              && !Modifier.isAbstract(type.getMethod("evaluate", List.class).getModifiers())
              && !Modifier.isAbstract(
                  type.getMethod("samples", List.class, int[].class, int.class).getModifiers());
      if (!complete) {
        without.add(type.getSimpleName());
      }
    }
    assertThat(without).isEmpty();
  }
}
