"""The program: configuration → model → scaling → components. Production and staging differ by their model alone."""

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env

from components.system import System
from model.stack_configuration import stack_configuration
from scaling.resolve import resolve_stack

configuration = stack_configuration(pulumi.get_project(), pulumi.get_stack(), {**get_config_env(), **CONFIG.get()})
resolution = resolve_stack(configuration)
system = System(resolution.environment, resolution.data)

pulumi.export("environment", resolution.environment.name)
pulumi.export("url", system.url)
pulumi.export("name_servers", system.name_servers)
pulumi.export("cluster", system.cluster_name)
