"""The course *From Neuron to GAN*: a room for each chapter, with its own figures and its exercises."""
