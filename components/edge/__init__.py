"""What the internet reaches, and what stands between: DNS, certificates, firewalls, CDN and load balancer."""
