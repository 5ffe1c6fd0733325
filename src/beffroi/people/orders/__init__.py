"""The prefect's orders that allow cameras, and the agents who may look under them (CSI L251-1 to L252-7).

What enters: orders with the cameras that they cover, withdrawals; agents accredited and designated.
What leaves: whether an order covers a camera on a day, whether a member may look there, what ends soon.
Facts: order.registered, order.covers, order.withdrawn; agent.accredited, agent.withdrawn.
"""
