package org.pellucid.core.plugin;

import java.util.List;

/**
 * What a plugin sees of the application: the contracts, ONNX files and the logging, and Java
 * itself. Nothing else of the class path, so that a plugin's libraries may be of any version; and
 * none of its resources, so that the application's services are not taken for the plugin's. ({@code
 * onnx} is among them because its importer would otherwise be there once more in every plugin that
 * writes ONNX.)
 */
final class SharedClasses extends ClassLoader {
  private static final List<String> PACKAGES =
      List.of("org.pellucid.api.", "org.pellucid.graph.", "org.pellucid.onnx.", "org.slf4j.");

  private final ClassLoader application;

  /** Shares the classes that this class itself would see. */
  SharedClasses() {
    super("pellucid-shared", ClassLoader.getPlatformClassLoader());
    this.application = SharedClasses.class.getClassLoader();
  }

  /** Asked for what Java has not. */
  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (PACKAGES.stream().anyMatch(name::startsWith)) {
      return application.loadClass(name);
    }
    throw new ClassNotFoundException(name);
  }
}
