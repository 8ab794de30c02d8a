package org.pellucid.methods;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Explainer;
import org.pellucid.testkit.ExplainerContract;

/** No explainer is registered without a test that holds it to the contract. */
class ContractsTest {
  /** The tests of this package that extend the contract. */
  private static List<ExplainerContract> contracts() throws IOException, URISyntaxException {
    Path classes =
        Path.of(ContractsTest.class.getResource("ContractsTest.class").toURI()).getParent();
    try (Stream<Path> files = Files.list(classes)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".class"))
          .map(name -> "org.pellucid.methods." + name.substring(0, name.length() - 6))
          .map(ContractsTest::load)
          .filter(ExplainerContract.class::isAssignableFrom)
          .filter(type -> !Modifier.isAbstract(type.getModifiers()))
          .map(ContractsTest::instance)
          .toList();
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private static ExplainerContract instance(Class<?> test) {
    return (ExplainerContract) construct(test);
  }

  /** An object of a class; of a nested test, with one of the class around it. */
  private static Object construct(Class<?> type) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructors()[0];
      constructor.setAccessible(true);
      return constructor.getParameterCount() == 0
          ? constructor.newInstance()
          : constructor.newInstance(construct(type.getEnclosingClass()));
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyExplainerHasOne() throws Exception {
    Set<String> registered = new TreeSet<>();
    ServiceLoader.load(Explainer.class).forEach(explainer -> registered.add(explainer.id()));
    Set<String> held = new TreeSet<>();
    for (ExplainerContract contract : contracts()) {
      held.add(contract.explainerUnderTest().id());
    }
    assertThat(held).isEqualTo(registered);
  }
}
