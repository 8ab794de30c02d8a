/** The backend on PyTorch, reached through the Deep Java Library (DJL), with PyTorch's autograd. */
package org.pellucid.backend.djl;
