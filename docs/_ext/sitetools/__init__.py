"""What builds and checks the site: navigation, reference, and the examples of its pages."""
