title All facts
